import ipaddr from 'ipaddr.js';

/** Hosts (`host` or `host:port`) that development may call although they are not public: RECOURSE_EGRESS_ALLOW. */
export type Named = readonly string[];

export type WhyNotCalled = 'address-malformed' | 'not-https' | 'has-credentials' | 'port-not-allowed' | 'address-not-public';

const portOf = ({ port, protocol }: URL): number => (port ? Number(port) : protocol === 'https:' ? 443 : 80);

const bare = (hostname: string): string =>
  hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();

/** Whether this very host (and port, if one is named) was named for development. */
export const isNamed = (url: URL, named: Named): boolean =>
  named.some((name) => name === bare(url.hostname) || name === `${bare(url.hostname)}:${portOf(url)}` || name === url.host);

/**
 * Only what the whole internet can reach. Every special range is shut: private, loopback, link-local (where clouds keep their secrets),
 * carrier-grade NAT, multicast, documentation; and every way of writing an IPv4 address inside an IPv6 one, because the network may
 * turn it back.
 */
export const isPublic = (address: string): boolean => {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed.kind() === 'ipv4' || parsed.match(ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number]);
};

/** What can be said of an address before anything is looked up. Host names are judged again, address by address, when they are resolved. */
export const judge = (text: string, named: Named): { readonly url: URL } | { readonly why: WhyNotCalled } => {
  if (!URL.canParse(text)) return { why: 'address-malformed' };
  const url = new URL(text);
  const host = bare(url.hostname);
  if (url.username || url.password || url.hash) return { why: 'has-credentials' };
  if (isNamed(url, named)) return url.protocol === 'https:' || url.protocol === 'http:' ? { url } : { why: 'not-https' };
  if (url.protocol !== 'https:') return { why: 'not-https' };
  if (portOf(url) !== 443 && portOf(url) < 1024) return { why: 'port-not-allowed' };
  if (ipaddr.isValid(host)) return isPublic(host) ? { url } : { why: 'address-not-public' };
  if (!host.includes('.') || /\.(local|localhost|internal|home|lan|corp|test|invalid|onion)$/.test(host))
    return { why: 'address-not-public' };
  return { url };
};
