/** Names of the files that the panel offers for download. */
import { plainFileName } from './signal/file-name';

/** File name of a model: letters, digits, dots and dashes only. */
export function modelFileName(title: string, label: string): string {
  return `${plainFileName(`${title} ${label}`) || 'model'}.safetensors`;
}

/** File name of a workspace. */
export function workspaceFileName(title: string): string {
  return `${plainFileName(title) || 'workspace'}.eelscape`;
}
