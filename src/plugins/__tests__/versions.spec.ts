/** A kernel without the package, a server with another version. */
import { nullTranslator } from '@jupyterlab/translation';
import { FakeKernel } from '../../kernel/__tests__/fake-kernel';
import { watchForMissing } from '../missing-package';
import { versionProblem } from '../version-problem';

const trans = nullTranslator.load('eelscape');

/** What JupyterLab shows of a notification. */
const MOST_CHARACTERS = 140;

describe('a kernel without the package', () => {
  const raise = (kernel: FakeKernel, evalue: string): void =>
    kernel.iopubMessage.emit({
      header: { msg_type: 'error' },
      content: { ename: 'ModuleNotFoundError', evalue, traceback: [] }
    });

  it('[K9] brings the exact command, whole, at each cell that lacks it', () => {
    const kernel = new FakeKernel();
    const told: string[] = [];
    const watch = watchForMissing(kernel.connection, '0.10.0rc1', trans, text =>
      told.push(text)
    );
    raise(kernel, "No module named 'hyperspy'");
    raise(kernel, "No module named 'eelscape.adapters.nion'");
    kernel.iopubMessage.emit({
      header: { msg_type: 'stream' },
      content: { name: 'stderr', text: "No module named 'eelscape'" }
    });
    expect(told).toEqual([]);
    raise(kernel, "No module named 'eelscape'");
    raise(kernel, "No module named 'eelscape'");
    expect(told).toHaveLength(2);
    expect(told[0].split('\n')).toEqual([
      'This kernel has no eelscape. Run in a cell',
      '%pip install eelscape==0.10.0rc1',
      'then run your cell again.'
    ]);
    expect(told[0].length).toBeLessThanOrEqual(MOST_CHARACTERS);
    watch.dispose();
    raise(kernel, "No module named 'eelscape'");
    expect(told).toHaveLength(2);
  });
});

describe('a server of another version', () => {
  it('[K9] names both versions and the whole command', () => {
    const text = versionProblem('0.11.0rc10', '0.10.0rc10', trans);
    expect(text).toContain('Browser: eelscape 0.10.0rc10, server: 0.11.0rc10');
    expect(text.split('\n')[1]).toBe(
      'pip install --force-reinstall eelscape==0.11.0rc10'
    );
    expect(text).toMatch(/Reload, or run\n.*\nand restart the server\.$/);
    expect(text.length).toBeLessThanOrEqual(MOST_CHARACTERS);
  });

  it('[K9] says nothing where versions agree or are none', () => {
    expect(versionProblem('0.1.0', '0.1.0', trans)).toBe('');
    expect(versionProblem(undefined, '0.1.0', trans)).toBe('');
    expect(versionProblem('<b>1</b> && rm', '0.1.0', trans)).toBe('');
  });
});
