/** Is the server's eelscape the version that this front end was built from? */
import { Notification } from '@jupyterlab/apputils';
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { VERSION } from '../version';
import { versionProblem } from './version-problem';

/** Ask the server part for its versions; a server without it says nothing. */
export async function checkVersions(
  settings: ServerConnection.ISettings,
  trans: TranslationBundle
): Promise<void> {
  let server: unknown;
  try {
    const url = URLExt.join(settings.baseUrl, 'eelscape', 'versions');
    const reply = await ServerConnection.makeRequest(url, {}, settings);
    if (!reply.ok) {
      return;
    }
    server = ((await reply.json()) as Record<string, unknown>)?.eelscape;
  } catch {
    // No server part (JupyterLite, a disabled extension): nothing to compare.
    return;
  }
  const problem = versionProblem(server, VERSION, trans);
  if (problem) {
    Notification.warning(problem, { autoClose: false });
  }
}
