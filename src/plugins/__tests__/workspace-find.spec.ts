/** What a kernel is asked, and how its answer is read. */
import type { Kernel } from '@jupyterlab/services';
import { findInKernel } from '../workspace-find';

const WANTED = {
  name: 'si',
  sha256: 'ab'.repeat(32),
  shape: [34, 44, 64] as const
};

function kernelThat(content: object) {
  const asked: { code: string; user_expressions?: Record<string, string> }[] =
    [];
  const kernel = {
    requestExecute: (request: (typeof asked)[number]) => {
      asked.push(request);
      return { done: Promise.resolve({ content }), dispose: () => undefined };
    }
  } as unknown as Kernel.IKernelConnection;
  return { kernel, asked };
}

const answer = (text: string) => ({
  status: 'ok',
  user_expressions: { found: { status: 'ok', data: { 'text/plain': text } } }
});

it('asks by hash and shape, and gets names', async () => {
  const { kernel, asked } = kernelThat(answer("'cube haadf'"));
  expect(await findInKernel(kernel, WANTED)).toEqual(['cube', 'haadf']);
  expect(asked[0].user_expressions!.found).toContain(
    `open_data_of("${WANTED.sha256}", (34, 44, 64))`
  );
});

it('[F6] puts nothing of a file into code but digits', async () => {
  const { kernel, asked } = kernelThat(answer("''"));
  for (const wanted of [
    { ...WANTED, sha256: '", (1,)) or __import__("os").remove("x") #' },
    { ...WANTED, sha256: 'a'.repeat(63) },
    { ...WANTED, shape: [1, 2, NaN] as const }
  ]) {
    await expect(findInKernel(kernel, wanted)).rejects.toThrow(
      'does not say which data'
    );
  }
  expect(asked).toEqual([]);
  expect(await findInKernel(kernel, { ...WANTED, name: '"; x' })).toEqual([]);
  expect(JSON.stringify(asked)).not.toContain('; x');
});

it('says why a kernel cannot answer', async () => {
  const missing = kernelThat({
    status: 'error',
    evalue: "No module named 'eelscape'"
  });
  await expect(findInKernel(missing.kernel, WANTED)).rejects.toThrow(
    "No module named 'eelscape'"
  );
});
