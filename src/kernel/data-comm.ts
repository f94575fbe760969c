/** What @jupyterlab/services 7.6 does with comms, subshells and kernels that end. */
import type { Kernel } from '@jupyterlab/services';

/** Milliseconds to wait for a subshell before doing without. */
const SUBSHELL_TIMEOUT = 10000;

/** Members of services' CommHandler that IComm does not list. */
interface ISubshellComm {
  readonly subshellStarted?: Promise<void>;
  readonly subshellId?: string | null;
}

/**
 * Wait until a comm has its subshell, where the kernel and the settings allow
 * one. A comm opened before goes to the main shell, behind the running cell.
 */
export async function startComm(
  kernel: Kernel.IKernelConnection,
  comm: Kernel.IComm
): Promise<void> {
  await kernel.info;
  const { subshellStarted } = comm as ISubshellComm;
  if (
    !kernel.supportsSubshells ||
    comm.commsOverSubshells === 'disabled' ||
    !subshellStarted
  ) {
    return;
  }
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<void>(resolve => {
    timer = setTimeout(resolve, SUBSHELL_TIMEOUT);
  });
  // A subshell that cannot be made is done without; the kernel says so.
  await Promise.race([subshellStarted.catch(() => undefined), timeout]);
  clearTimeout(timer);
}

/** True where a comm's messages are handled while a cell runs. */
export function servedDuringCells(comm: Kernel.IComm): boolean {
  return !!(comm as ISubshellComm).subshellId;
}

/**
 * Why a kernel's comms are gone: 'disconnected' while the socket is away, a
 * sentence without its full stop where the data are lost, '' where all is well.
 */
export function kernelFate(kernel: Kernel.IKernelConnection): string {
  switch (kernel.status) {
    case 'restarting':
      return 'Kernel restarted';
    case 'autorestarting':
      return 'The kernel died and was restarted';
    case 'dead':
      return 'The kernel died';
    case 'terminating':
      return 'The kernel was shut down';
  }
  return kernel.connectionStatus === 'disconnected' ? 'disconnected' : '';
}
