import { LabIcon } from '@jupyterlab/ui-components';

function icon(name: string, shape: string): LabIcon {
  return new LabIcon({
    name: `eelscape:${name}`,
    svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16"><g class="jp-Eelscape-outline" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linejoin="round">${shape}</g></svg>`
  });
}

/** Outlines of the region tools. */
export const regionIcons = {
  pointer: icon(
    'tool-pointer',
    '<path d="M4 2.5v10l2.6-2.4 1.6 3.6 1.7-.8-1.6-3.5h3.4z"/>'
  ),
  rectangle: icon(
    'tool-rectangle',
    '<rect x="2.5" y="4" width="11" height="8"/>'
  ),
  ellipse: icon('tool-ellipse', '<ellipse cx="8" cy="8" rx="6" ry="4.4"/>'),
  polygon: icon('tool-polygon', '<path d="M3 6.5 8.5 2.5l5 4.5-2.5 6H4.5z"/>')
};
