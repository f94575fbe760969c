/** Data on their way while a cell prints more than Jupyter's server passes on. */
import * as path from 'node:path';
import { build } from 'esbuild';
import type { IArrived } from '../transfer/page';
import { expect, test } from '../lab';

interface ITransfers {
  start(code: string): Promise<number>;
  receive(index: number): Promise<IArrived>;
  expected(): Promise<string>;
  stop(): Promise<void>;
}

/** Far more output a second than the server's limit: it then drops blocks as well. */
const FLOOD = `
import hashlib, json, threading, time
import numpy as np, eelscape
from eelscape.connection import Line
values = np.random.default_rng(0)
si = values.random((96, 96, 800), dtype=np.float32)
haadf = values.random((96, 96), dtype=np.float32)
cases, asked, pull = [0], [], Line._pull

def count(line, comm, message):
    asked.append(message["block"])
    # Every message that has been served begins the server's count anew: output comes between.
    time.sleep(0.4)
    pull(line, comm, message)

Line._pull = count

def flood():
    end = time.monotonic() + 10
    while time.monotonic() < end:
        print("x" * 400_000, flush=True)
        time.sleep(0.005)

def open_case(_):
    threading.Thread(target=flood, daemon=True).start()
    time.sleep(1)
    return eelscape.explore(si, haadf)

def expected_json(_):
    digest = lambda array: hashlib.sha256(array.tobytes()).hexdigest()
    return json.dumps({"spectra": digest(si), "image": digest(haadf), "asked": len(asked)})
`;

test('[K5] a cell prints so much that the server drops messages: the data arrive whole', async ({
  page,
  server
}) => {
  const { outputFiles } = await build({
    entryPoints: [path.join(__dirname, '../transfer/page.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    loader: { '.svg': 'text' },
    define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
    logLevel: 'error'
  });
  // Any document of the server: a kernel's socket opens from its origin alone.
  await page.goto(`${server.url}/static/favicon.ico`);
  await page.evaluate(Buffer.from(outputFiles[0].contents).toString('utf8'));
  const [got, text] = await page.evaluate(async code => {
    const { transfers } = window as unknown as { transfers: ITransfers };
    await transfers.start(code);
    const arrived = await transfers.receive(0);
    // The last of the flood would hide the answer.
    await new Promise(resolve => setTimeout(resolve, 5_000));
    const answer = await transfers.expected();
    await transfers.stop();
    return [arrived, answer] as const;
  }, FLOOD);
  const { asked, ...hashes } = JSON.parse(text);
  expect(got).toMatchObject({ shape: [96, 96, 800], ...hashes });
  // 15 blocks of spectra and one of the image: more were asked for, so some were dropped.
  expect(asked).toBeGreaterThan(16);
});
