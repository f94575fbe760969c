/** The one place where code for the kernel is made: nothing but digits of a file gets into it. */
import type { Kernel } from '@jupyterlab/services';
import hostile from '../../../tests/fixtures/hostile-strings.json';
import { findInKernel } from '../workspace-find';

const SHA = '0123456789abcdef'.repeat(4);

/** A kernel that keeps what it is asked to execute. */
function kernel(): {
  asked: { code: string; user_expressions?: object }[];
  connection: Kernel.IKernelConnection;
} {
  const asked: { code: string; user_expressions?: object }[] = [];
  const data = { 'text/plain': "'s'" };
  const content = {
    status: 'ok',
    user_expressions: { found: { status: 'ok', data } }
  };
  const connection = {
    requestExecute: (request: { code: string }) => {
      asked.push(request);
      return { done: Promise.resolve({ content }), dispose: () => undefined };
    }
  } as unknown as Kernel.IKernelConnection;
  return { asked, connection };
}

it('[F6] asks for a hash and sizes', async () => {
  const { asked, connection } = kernel();
  const wanted = { sha256: SHA, shape: [2, 3, 4] } as never;
  expect(await findInKernel(connection, wanted)).toEqual(['s']);
  expect(asked).toHaveLength(1);
  expect(asked[0].code).toBe('import eelscape.finding');
  expect(JSON.stringify(asked[0].user_expressions)).toContain(
    `(\\"${SHA}\\", (2, 3, 4))`
  );
});

it.each(Object.entries(hostile))(
  '[F6] %s never gets there',
  async (_, text) => {
    const { asked, connection } = kernel();
    const quoted = `${SHA}"); import os; os.abort(); ("${text}`;
    for (const wanted of [
      { sha256: text, shape: [2, 3, 4] },
      { sha256: quoted, shape: [2, 3, 4] },
      { sha256: `${SHA}\n`, shape: [2, 3, 4] },
      { sha256: SHA, shape: [2, text, 4] },
      { sha256: SHA, shape: [2, 1.5, NaN] }
    ]) {
      await expect(findInKernel(connection, wanted as never)).rejects.toThrow(
        'The file does not say which data it is of.'
      );
    }
    expect(asked).toHaveLength(0);
  }
);
