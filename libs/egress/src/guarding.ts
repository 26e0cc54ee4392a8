import ipaddr from 'ipaddr.js';

/** Hosts (`host` or `host:port`) that development may call although they are not public: RECOURSE_EGRESS_ALLOW. */
export type Named = readonly string[];

export type WhyNotCalled = 'address-malformed' | 'not-https' | 'has-credentials' | 'port-not-allowed' | 'address-not-public';

/** What servers that want to be called listen on. Databases, caches and consoles listen elsewhere. */
export const usualPorts: readonly number[] = [443, 8443];

const longest = 2048;

const portOf = ({ port, protocol }: URL): number => (port ? Number(port) : protocol === 'https:' ? 443 : 80);

/** Parsed addresses are lower-case ASCII already: other scripts' dots and digits are ordinary ones, other scripts' letters punycode. */
const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '').replace(/\.+$/, '');

/** Whether this very host (and port, if one is named) was named for development. */
export const isNamed = (url: URL, named: Named): boolean =>
  named.some((name) => name === bare(url.hostname) || name === `${bare(url.hostname)}:${portOf(url)}` || name === url.host);

/**
 * Only what the whole internet can reach. Every special range is shut: private, loopback, link-local (where clouds keep their secrets),
 * carrier-grade NAT, multicast, documentation; and every way of writing an IPv4 address inside an IPv6 one, because the network may
 * turn it back.
 */
export const isPublic = (address: string): boolean => {
  if (!ipaddr.isValid(address) || address.includes('%')) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  if (parsed.kind() === 'ipv4') return /^\d{1,3}(\.\d{1,3}){3}$/.test(address);
  const six = parsed as ipaddr.IPv6;
  return six.match(globalUnicast) && !isTunnelled(six);
};

const globalUnicast = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number];

/** ISATAP: the last 64 bits are 0000:5efe (or 0200:5efe) and an IPv4 address, whatever network stands before them. */
const isTunnelled = ({ parts }: ipaddr.IPv6): boolean => (parts[4]! & 0xfdff) === 0 && parts[5] === 0x5efe;

/** Names that never mean anybody on the internet. */
const ownNames = /(^|\.)(local|localhost|localdomain|internal|intranet|private|home|lan|corp|test|invalid|onion|alt|arpa)$/;

/** What can be said of an address before anything is looked up. Host names are judged again, address by address, when they are resolved. */
export const judge = (
  text: string,
  named: Named,
  ports: readonly number[] = usualPorts,
): { readonly url: URL } | { readonly why: WhyNotCalled } => {
  // Parsers forgive line breaks, tabs and backslashes by leaving them out; whoever sends them wants two readers to read two things.
  if (text.length > longest || hasHidden(text) || !URL.canParse(text)) return { why: 'address-malformed' };
  const url = new URL(text);
  const host = bare(url.hostname);
  if (url.username || url.password || url.hash || /^[^/]*\/\/[^/?#]*@/.test(text)) return { why: 'has-credentials' };
  if (isNamed(url, named)) return url.protocol === 'https:' || url.protocol === 'http:' ? { url } : { why: 'not-https' };
  if (url.protocol !== 'https:') return { why: 'not-https' };
  if (!ports.includes(portOf(url))) return { why: 'port-not-allowed' };
  if (ipaddr.isValid(host)) return isPublic(host) ? { url } : { why: 'address-not-public' };
  return !host.includes('.') || ownNames.test(host) ? { why: 'address-not-public' } : { url };
};

/** Control characters, spaces and backslashes; and the marks that make text read in another order than it stands. */
const hasHidden = (text: string): boolean => /[\\\s\p{Cc}\p{Cf}]/u.test(text);
