/** The page: fetches jobs from the driver and gives each to a worker of its own, as the product does. */
import {
  isSoftware,
  probeWebgl,
  probeWebgpu
} from '../../src/network/backends';
import { report, type IJob, type IMachine } from './messages';

/** Says what this machine is, then works through the driver's jobs until there are no more. */
export async function serveJobs(): Promise<void> {
  await report({ type: 'machine', machine: await machine() });
  for (;;) {
    const answer = await fetch('/job', { method: 'POST' });
    if (answer.status === 410) {
      return;
    }
    if (answer.ok && answer.status !== 204) {
      await work((await answer.json()) as IJob);
    }
  }
}

async function machine(): Promise<IMachine> {
  const [gpu, gl] = [await probeWebgpu(), probeWebgl()];
  const adapter = await navigator.gpu?.requestAdapter({
    powerPreference: 'high-performance'
  });
  const {
    vendor = '',
    architecture = '',
    device = '',
    description = ''
  } = adapter?.info ?? {};
  const say = ({ name, problem }: { name: string; problem: string }): string =>
    problem || (isSoftware(name) ? `${name} (software)` : name);
  return {
    browser: browserName(),
    cores: navigator.hardwareConcurrency,
    isolated: crossOriginIsolated,
    webgpu: say(gpu),
    webgl: say(gl),
    adapter: { vendor, architecture, device, description }
  };
}

function browserName(): string {
  const found = /(HeadlessChrome|Chrome|Firefox|Version)\/[\d.]+/.exec(
    navigator.userAgent
  );
  return found ? found[0].replace('Headless', '') : navigator.userAgent;
}

function work(job: IJob): Promise<void> {
  return new Promise(resolve => {
    const worker = new Worker('/training.js');
    const end = (text: string): void => {
      worker.terminate();
      const said = text
        ? report({ type: 'failed', id: job.id, text })
        : Promise.resolve();
      void said.then(() => resolve());
    };
    worker.onmessage = ({ data }) => end(data as string);
    worker.onerror = event => {
      end(event.message || 'the worker ended');
    };
    worker.postMessage(job);
  });
}
