/** Do kernel and browser speak the same protocol? */
import { VERSION } from '../version';
import { hasFields, isText, isWhole } from './checks';
import { PROTOCOL_VERSION } from './protocol';

/**
 * Why a welcome cannot be understood: the sentence for the user, with what to
 * install; '' where it speaks this protocol. The kernel refuses a hello in the
 * same way (eelscape/front_end_errors.py).
 */
export function otherProtocol(data: unknown): string {
  if (
    !hasFields(data, { type: isText(40), protocol: isWhole(0) }) ||
    data.type !== 'welcome' ||
    data.protocol === PROTOCOL_VERSION
  ) {
    return '';
  }
  const versions: unknown = data.versions;
  const known = hasFields(versions, { eelscape: isText(40) });
  const kernel = known ? `eelscape ${versions.eelscape}` : 'another eelscape';
  return (
    `The browser runs eelscape ${VERSION} (protocol ${PROTOCOL_VERSION}), this ` +
    `kernel ${kernel} (protocol ${data.protocol}). Run \`pip install ` +
    `eelscape==${VERSION}\` in the kernel's environment, restart the kernel and ` +
    'reload the page.'
  );
}
