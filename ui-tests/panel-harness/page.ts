/** Shows the panel over a mock workspace: page.html#status=done&kind=spec2im&split=random&theme=dark */
import { Widget } from '@lumino/widgets';
import { createPanel } from '../../src/views/panel';
import type { PanelStatus } from '../../src/model/types';
import type { ISetup, Kind } from '../../src/signal/types';
import { mockWorkspace } from './mock-workspace';

const asked = new URLSearchParams(location.hash.slice(1));
const dark = asked.get('theme') === 'dark';
document.body.dataset.jpThemeLight = String(!dark);
document.body.dataset.jpThemeName = dark
  ? 'JupyterLab Dark'
  : 'JupyterLab Light';
document.documentElement.className = dark ? 'dark' : 'light';
const panel = createPanel(
  mockWorkspace({
    status: (asked.get('status') ?? 'done') as PanelStatus,
    kind: (asked.get('kind') ?? 'im2spec') as Kind,
    split: (asked.get('split') ?? 'left-right') as ISetup['split'],
    problem: asked.get('problem') ?? '',
    error: asked.get('error') ?? '',
    stale: asked.has('stale')
  })
);
panel.node.style.position = 'absolute';
panel.node.style.inset = '0';
const width = asked.get('width');
const height = asked.get('height');
if (width) {
  panel.node.style.right = 'auto';
  panel.node.style.width = `${width}px`;
}
if (height) {
  panel.node.style.bottom = 'auto';
  panel.node.style.height = `${height}px`;
}
Widget.attach(panel, document.body);
