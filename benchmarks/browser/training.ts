/** Entry of the bundle: the page that asks the driver for jobs, or the worker of one job. */
import { serveJobs } from './page';
import { runJob } from './worker';

if (typeof document === 'undefined') {
  runJob();
} else {
  void serveJobs();
}
