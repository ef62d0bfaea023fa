import { limitOf, refusesTunnel } from '../../traffic/outcomes.ts';
import { type HttpProxy, proxyRole, speaksHttp } from '../../traffic/proxy.ts';
import type { Probe } from '../../traffic/wire.ts';

/** What a first answer tells of the proxy that it came through, and not of the service. */

/** What is said where nothing can come from the service, since its proxy lets nobody there; undefined where that cannot be told. */
export function refusalOfProxy(
  proxy: HttpProxy,
  url: string,
  answer: Probe,
  foreign: (text: string) => string,
): string | undefined {
  if (answer.kind === 'answered') {
    if (answer.status !== 407 || proxyRole(proxy, url) !== 'forwards') return undefined;
    const given = proxy.url.username !== '' || proxy.url.password !== '';
    const wants = given
      ? `does not take the user and the password of ${proxy.variable}`
      : 'asks for a user and a password, and there are none';
    return `the proxy ${wants} (status 407). Give them as ${rightCredentials(proxy)}.`;
  }
  if (limitOf(answer.code, answer.error) === 'proxy' && !speaksHttp(proxy))
    return `the proxy lets us nowhere (${foreign(answer.error).slice(0, 200)}). If it asks for a user and a password, give them as ${rightCredentials(proxy)}.`;
  if (proxyRole(proxy, url) !== 'tunnels' || !refusesTunnel(answer.code, answer.error))
    return undefined;
  const words =
    answer.error === ''
      ? 'without a word'
      : `with the words ${JSON.stringify(foreign(answer.error).slice(0, 200))}`;
  return `the proxy refused to lead there, ${words}. If it asks for a user and a password, give them as ${rightCredentials(proxy)}; NO_PROXY would except the service from it.`;
}

/** What is said beside a wrong answer that the proxy may have given itself. */
export function mayBeProxys(proxy: HttpProxy, url: string, status: number): string {
  if (proxyRole(proxy, url) !== 'forwards' || ![502, 503, 504].includes(status)) return '';
  return ' It may be the proxy’s own answer, where the proxy does not reach the service.';
}

function rightCredentials({ url, variable }: HttpProxy): string {
  return `${variable}=${url.protocol}//user:password@${url.host}, special characters percent-encoded`;
}
