import { describe, expect, it } from '@jest/globals';
import { choiceVariable, configure, houseVariables, listVariable, numberVariable, textVariable, urlVariable } from './configuring.js';

const good = {
  RECOURSE_SERVICE_PORT: '4001',
  DATABASE_OWNER_URL: 'postgres://o:secret@db/x',
  DATABASE_LOG_URL: 'postgres://l:secret@db/x',
  DATABASE_WEB_URL: 'postgresql://w:secret@db/x',
  KEYRING_URL: 'postgres://k:secret@db/keyring',
  RECOURSE_KEK_FILE: '/run/kek',
  BUS_URL: 'postgres://b:secret@db/bus',
  RECOURSE_ISSUER: 'http://127.0.0.1:4000/issuer',
  RECOURSE_JWKS_URL: 'http://127.0.0.1:4006/jwks',
};
const all = Object.values(houseVariables);
const messageOf = (environment: Record<string, string | undefined>, more = all) => {
  try {
    configure('intake', environment, more);
    return 'well';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('The configuration', () => {
  it('is read with its defaults', () => {
    const configuration = configure('intake', { ...good, RECOURSE_LOG_LEVEL: '' }, all);
    expect(
      [houseVariables.port, houseVariables.host, houseVariables.transport, houseVariables.logLevel, houseVariables.drainMs].map((one) =>
        configuration.of<unknown>(one),
      ),
    ).toEqual([4001, '127.0.0.1', 'postgres', 'info', 0]);
  });

  it('says in one message everything that is missing or wrong, and what is expected, and no password', () => {
    const message = messageOf({
      ...good,
      RECOURSE_SERVICE_PORT: '70000',
      DATABASE_WEB_URL: undefined,
      KEYRING_URL: 'mysql://k:secret@db',
      RECOURSE_TRANSPORT: 'pigeon',
    });
    expect(message.split('\n')).toEqual([
      'intake cannot start: 4 environment variables are missing or wrong.',
      '  RECOURSE_SERVICE_PORT  is "70000"; expected a whole number from 1 to 65535',
      '  DATABASE_WEB_URL       is not set; expected an address beginning with postgres:// or postgresql://',
      '  KEYRING_URL            is set to something else; expected an address beginning with postgres:// or postgresql://',
      '  RECOURSE_TRANSPORT     is "pigeon"; expected one of postgres, kafka',
    ]);
  });

  it('needs the address of the transport that was chosen, and only that', () => {
    const { BUS_URL: _bus, ...without } = good;
    expect(messageOf(without)).toContain('one environment variable is missing or wrong.\n  BUS_URL  is not set');
    expect(messageOf({ ...without, RECOURSE_TRANSPORT: 'kafka' })).toContain('KAFKA_BROKERS  is not set');
    expect(messageOf({ ...without, RECOURSE_TRANSPORT: 'kafka', KAFKA_BROKERS: 'a:9092, b:9092' })).toBe('well');
  });

  it('needs somebody whose tokens are taken: one issuer, or a list of them', () => {
    const { RECOURSE_ISSUER: _issuer, RECOURSE_JWKS_URL: _keys, ...without } = good;
    expect(messageOf(without)).toContain('one environment variable is missing or wrong.\n  RECOURSE_ISSUER  is not set');
    expect(messageOf({ ...without, RECOURSE_ISSUER: 'https://a.example' })).toBe('well');
    expect(messageOf({ ...without, RECOURSE_ISSUERS: '/etc/recourse/issuers.json' })).toBe('well');
    expect(messageOf({ ...good, RECOURSE_ISSUERS: '/etc/recourse/issuers.json' })).toContain(
      'RECOURSE_ISSUERS  is set beside RECOURSE_ISSUER; expected one or the other',
    );
  });

  it('has variables of a service’s own', () => {
    const [size, from, mail, egress, mode] = [
      numberVariable('SIZE', 1, 9, 5),
      textVariable('MAIL_FROM', 'a sender'),
      urlVariable('SMTP_URL', ['smtp:']),
      listVariable('EGRESS', 'hosts'),
      choiceVariable('MODE', ['a', 'b'] as const, 'a'),
    ];
    const configuration = configure('x', { MAIL_FROM: 'f', SMTP_URL: 'smtp://h:25', EGRESS: 'a, b,,' }, [size, from, mail, egress, mode]);
    expect([
      configuration.of(size),
      configuration.of(from),
      configuration.of(mail),
      configuration.of(egress),
      configuration.of(mode),
    ]).toEqual([5, 'f', 'smtp://h:25', ['a', 'b'], 'a']);
    expect(() => configuration.of(houseVariables.port)).toThrow(/RECOURSE_SERVICE_PORT was not declared/);
    expect(messageOf({ SIZE: '1e1' }, [size])).toContain('SIZE  is "1e1"');
  });
});
