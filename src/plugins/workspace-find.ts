/** Asks a kernel which of its variables hold the data of a workspace. */
import type { Kernel } from '@jupyterlab/services';
import type { IWantedData } from '../model/workspace-file/types';

/** Milliseconds that a kernel gets to look; it reads and hashes every pair that may fit. */
const PATIENCE = 120_000;

/**
 * Lets the kernel open a panel over the variables that hold the data.
 * @returns their names; empty where there are none.
 * @throws Error for the user where the kernel cannot say.
 */
export async function findInKernel(
  kernel: Kernel.IKernelConnection,
  { sha256, shape }: IWantedData
): Promise<string[]> {
  // Nothing but digits reaches the code.
  if (!/^[0-9a-f]{64}$/.test(sha256) || !shape.every(Number.isSafeInteger)) {
    throw new Error('The file does not say which data it is of.');
  }
  const found = `eelscape.finding.open_data_of("${sha256}", (${shape.join(', ')}))`;
  const future = kernel.requestExecute({
    code: 'import eelscape.finding',
    silent: true,
    store_history: false,
    user_expressions: { found: `" ".join(${found})` }
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error('The kernel is busy: try again when it is idle.')),
      PATIENCE
    );
  });
  try {
    const reply = await Promise.race([future.done, late]);
    return namesIn(reply?.content as unknown);
  } finally {
    clearTimeout(timer);
    future.dispose();
  }
}

interface IAnswer {
  readonly status?: string;
  readonly evalue?: string;
  readonly user_expressions?: {
    readonly found?: {
      readonly status?: string;
      readonly evalue?: string;
      readonly data?: { readonly 'text/plain'?: string };
    };
  };
}

/** The names that the expression gave, in the quotes that Python writes around a text. */
function namesIn(content: unknown): string[] {
  const answer = (content ?? {}) as IAnswer;
  const found = answer.user_expressions?.found;
  const text = found?.data?.['text/plain'];
  if (answer.status !== 'ok' || found?.status !== 'ok' || !text) {
    throw new Error(
      found?.evalue ?? answer.evalue ?? 'The kernel gave no answer.'
    );
  }
  return text.slice(1, -1).split(' ').filter(Boolean);
}
