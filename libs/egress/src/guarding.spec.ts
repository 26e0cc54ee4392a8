import { describe, expect, it } from '@jest/globals';
import { isPublic, judge, type WhyNotCalled } from './guarding.js';

const why = (url: string, named: readonly string[] = []): WhyNotCalled | 'may-be-called' => {
  const judged = judge(url, named);
  return 'why' in judged ? judged.why : 'may-be-called';
};

/** Addresses somebody may give us so that we call for them what only we can reach. */
const hostile: readonly (readonly [string, WhyNotCalled])[] = [
  // other schemes
  ['http://tidepay.example/hook', 'not-https'],
  ['ftp://tidepay.example/', 'not-https'],
  ['file:///etc/passwd', 'not-https'],
  ['gopher://tidepay.example/', 'not-https'],
  ['ws://tidepay.example/', 'not-https'],
  ['data:text/plain,hello', 'not-https'],
  ['jar:https://tidepay.example!/', 'not-https'],
  ['unix:/var/run/docker.sock', 'not-https'],
  // no addresses at all, or with something hidden in them
  ['not an address', 'address-malformed'],
  ['https://', 'address-malformed'],
  ['//tidepay.example/hook', 'address-malformed'],
  ['https://tidepay.example/\r\nHost: vault', 'address-malformed'],
  ['https://tide\tpay.example/', 'address-malformed'],
  ['https://tidepay.example\\@127.0.0.1/', 'address-malformed'],
  ['https://tidepay.example\u202e/', 'address-malformed'],
  ['https://exam\u200bple.com/', 'address-malformed'],
  ['https://tidepay.example:99999/', 'address-malformed'],
  ['https://[fe80::1%25eth0]/', 'address-malformed'],
  ['https://[::1]:443:443/', 'address-malformed'],
  ['https://256.256.256.256/', 'address-malformed'],
  [`https://tidepay.example/${'a'.repeat(2048)}`, 'address-malformed'],
  // somebody's password, or somebody else's host behind an at sign
  ['https://user:secret@tidepay.example/', 'has-credentials'],
  ['https://user@tidepay.example/', 'has-credentials'],
  ['https://@tidepay.example/', 'has-credentials'],
  ['https://tidepay.example@127.0.0.1/', 'has-credentials'],
  ['https://tidepay.example/#there', 'has-credentials'],
  // ports of other servers
  ['https://tidepay.example:22/', 'port-not-allowed'],
  ['https://tidepay.example:25/', 'port-not-allowed'],
  ['https://tidepay.example:80/', 'port-not-allowed'],
  ['https://tidepay.example:5432/', 'port-not-allowed'],
  ['https://tidepay.example:6379/', 'port-not-allowed'],
  ['https://tidepay.example:0/', 'port-not-allowed'],
  // names of this house
  ['https://localhost/', 'address-not-public'],
  ['https://LOCALHOST./', 'address-not-public'],
  ['https://localhost../', 'address-not-public'],
  ['https://hook.localhost/', 'address-not-public'],
  ['https://localhost.localdomain/', 'address-not-public'],
  ['https://db/', 'address-not-public'],
  ['https://vault.internal/', 'address-not-public'],
  ['https://metadata.google.internal/computeMetadata/v1/', 'address-not-public'],
  ['https://printer.local/', 'address-not-public'],
  ['https://router.home.arpa/', 'address-not-public'],
  ['https://ｌｏｃａｌｈｏｓｔ/', 'address-not-public'],
  ['https://vault。internal/', 'address-not-public'],
  // IPv4, written in every way a parser takes
  ['https://127.0.0.1/', 'address-not-public'],
  ['https://127.1/', 'address-not-public'],
  ['https://2130706433/', 'address-not-public'],
  ['https://0x7f000001/', 'address-not-public'],
  ['https://0x7f.1/', 'address-not-public'],
  ['https://0177.0.0.1/', 'address-not-public'],
  ['https://017700000001/', 'address-not-public'],
  ['https://127.0.0.1./', 'address-not-public'],
  ['https://127。0。0。1/', 'address-not-public'],
  ['https://①②⑦.⓪.⓪.①/', 'address-not-public'],
  ['https://１２７．０．０．１/', 'address-not-public'],
  ['https://%31%32%37.0.0.1/', 'address-not-public'],
  ['https://0/', 'address-not-public'],
  ['https://0.0.0.0/', 'address-not-public'],
  ['https://10.0.0.8/', 'address-not-public'],
  ['https://172.16.3.4/', 'address-not-public'],
  ['https://192.168.1.1/', 'address-not-public'],
  ['https://169.254.169.254/latest/meta-data', 'address-not-public'],
  ['https://2852039166/latest/meta-data', 'address-not-public'],
  ['https://100.100.100.200/', 'address-not-public'],
  ['https://100.64.0.1/', 'address-not-public'],
  ['https://192.0.0.192/', 'address-not-public'],
  ['https://198.18.0.1/', 'address-not-public'],
  ['https://192.0.2.1/', 'address-not-public'],
  ['https://224.0.0.1/', 'address-not-public'],
  ['https://240.0.0.1/', 'address-not-public'],
  ['https://255.255.255.255/', 'address-not-public'],
  // IPv6, and IPv4 inside it
  ['https://[::1]/', 'address-not-public'],
  ['https://[::]/', 'address-not-public'],
  ['https://[::ffff:127.0.0.1]/', 'address-not-public'],
  ['https://[::ffff:a9fe:a9fe]/', 'address-not-public'],
  ['https://[::127.0.0.1]/', 'address-not-public'],
  ['https://[::ffff:0:127.0.0.1]/', 'address-not-public'],
  ['https://[64:ff9b::a9fe:a9fe]/', 'address-not-public'],
  ['https://[64:ff9b:1::a9fe:a9fe]/', 'address-not-public'],
  ['https://[2002:7f00:1::]/', 'address-not-public'],
  ['https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/', 'address-not-public'],
  ['https://[2606:2800:220:1:0:5efe:a9fe:a9fe]/', 'address-not-public'],
  ['https://[fd00:ec2::254]/', 'address-not-public'],
  ['https://[fe80::1]/', 'address-not-public'],
  ['https://[fec0::1]/', 'address-not-public'],
  ['https://[ff02::1]/', 'address-not-public'],
  ['https://[2001:db8::1]/', 'address-not-public'],
  ['https://[100::1]/', 'address-not-public'],
];

describe('The guard of outbound calls', () => {
  it.each(hostile)('%j: %s', (url, verdict) => expect(why(url)).toBe(verdict));
  it.each([
    ['https://tidepay.example/hook'],
    ['https://tidepay.example:8443/hook?a=1'],
    ['https://tidepay.example./hook?to=owner@tidepay.example'],
    ['https://支付.example/回调'],
    ['https://93.184.216.34/hook'],
    ['https://[2606:2800:220:1:248:1893:25c8:1946]/hook'],
  ])('%s may be called', (url) => expect(why(url)).toBe('may-be-called'));

  it('hands on what will be called in the one form everybody reads alike', () =>
    expect(judge('https://支付。Example:443/a', [])).toMatchObject({ url: { host: 'xn--bnq875c.example' } }));
  it('lets development name loopback, with or without a port, and plain http to it', () => {
    expect(why('http://127.0.0.1:4099/hook', ['127.0.0.1'])).toBe('may-be-called');
    expect(why('http://127.0.0.1:4099/hook', ['127.0.0.1:4099'])).toBe('may-be-called');
    expect(why('http://127.0.0.1:4098/hook', ['127.0.0.1:4099'])).toBe('not-https');
    expect(why('http://[::1]:4099/hook', ['::1'])).toBe('may-be-called');
    expect(why('http://user@127.0.0.1:4099/hook', ['127.0.0.1'])).toBe('has-credentials');
  });
  it('asks every resolved address the same', () =>
    expect(['93.184.216.34', '10.1.2.3', '::ffff:10.1.2.3', 'fe80::1%eth0', '2606:2800::1%1', 'nonsense', ''].map(isPublic)).toEqual([
      true,
      ...Array.from({ length: 6 }, () => false),
    ]));
});
