/** Serves the oracle's page, bundled on the spot, and folders of golden files. */
import * as fs from 'fs';
import * as http from 'http';
import * as path from 'path';
import type { AddressInfo } from 'net';
import { chromium, type Browser } from '@playwright/test';
import { build } from 'esbuild';

export const ROOT = path.resolve(__dirname, '..', '..');

/** Chromium with WebGL and WebGPU on its software renderers. */
export function launchWithSoftwareGpu(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--enable-unsafe-webgpu',
      '--use-webgpu-adapter=swiftshader',
      // Compiling on a loaded machine takes longer than the watchdog grants.
      '--disable-gpu-watchdog'
    ]
  });
}

export interface IOracleServer {
  /** `http://127.0.0.1:port`. */
  readonly address: string;
  close(): Promise<void>;
}

/**
 * @param folders - directories by the first part of the address, `/name/file`.
 * @param page - the page's script, in this folder.
 */
export async function serveOracle(
  folders: {
    readonly [name: string]: string;
  },
  page = 'oracle.ts'
): Promise<IOracleServer> {
  const { outputFiles } = await build({
    entryPoints: [path.join(__dirname, page)],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    logLevel: 'error'
  });
  const script = outputFiles[0].contents;
  const server = http.createServer((request, response) => {
    const [, name, file] = new URL(
      request.url ?? '/',
      'http://127.0.0.1'
    ).pathname.split('/');
    if (name === '') {
      response.setHeader('Content-Type', 'text/html');
      response.end('<!doctype html><script src="/oracle.js"></script>');
    } else if (name === 'oracle.js') {
      response.setHeader('Content-Type', 'text/javascript');
      response.end(script);
    } else if (folders[name] && file && !file.includes('..')) {
      const full = path.join(folders[name], file);
      response.statusCode = fs.existsSync(full) ? 200 : 404;
      response.end(response.statusCode === 200 ? fs.readFileSync(full) : '');
    } else {
      response.statusCode = 404;
      response.end();
    }
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections();
        server.close(() => resolve());
      })
  };
}
