import type { IncomingMessage } from 'node:http';

/** `uri-host [ ":" port ]` of RFC 9110 section 7.2; an empty one is allowed. */
const validHost = /^(?:\[[\da-f:.]+\]|[\w.~%!$&'()*+,;=-]*)(?::\d*)?$/i;

/** What RFC 9112 has a server refuse and Node's parser lets through; undefined where there is nothing of it. */
export function framingFault({
  httpVersion,
  headers: { host, 'transfer-encoding': coding },
  rawHeaders,
}: IncomingMessage): string | undefined {
  // Section 6.1. A recipient of HTTP/1.0 that does not know chunks would take them for the next request.
  if (coding !== undefined && httpVersion === '1.0')
    return 'Transfer-Encoding is not part of HTTP/1.0';
  // Section 3.2. Node shows the first of several alone.
  if (host === undefined) return httpVersion === '1.0' ? undefined : 'The Host header is missing';
  if (!validHost.test(host)) return 'The Host header is not valid';
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1 ? 'The Host header is given twice' : undefined;
}
