/** The demonstration identities. Nothing here is a secret of anybody, and the issuer is for development and tests alone. */

export type Person = {
  /** How one names the person on the command line; becomes neither a claim nor a record. */
  readonly login: string;
  /** The pseudonym that tokens and records carry. Drawn once; the name cannot be found from it. */
  readonly sub: string;
  readonly name: string;
  readonly role: 'agent' | 'supervisor' | 'auditor' | 'operator' | 'privacy-officer';
  readonly tenant: string;
  readonly badge?: string;
  readonly skills: readonly string[];
  readonly acr: string;
};

export type Platform = {
  /** Proves itself by its secret. */
  readonly client: string;
  readonly secret: string;
  /** The same platform as a client that proves itself by a signature (private_key_jwt) and tells nobody a secret. */
  readonly signingClient: string;
  readonly tenant: string;
};

/** How sure we are of who signed in: `loa:2` is what decisions of a second person may ask for. */
export const assurance = { ordinary: 'urn:recourse:loa:1', raised: 'urn:recourse:loa:2' } as const;

/** Every category of complaint is a skill; these agents have them all. */
const everySkill = [
  'account-taken-over', 'account-security', 'scam', 'wrong-debit', 'wrong-recipient', 'funds-not-received', 'payment-failed', 'refund',
  'top-up-or-withdrawal', 'limit', 'account-locked', 'identity-misused', 'device-lost', 'fees', 'privacy', 'service-conduct', 'other',
]; // prettier-ignore

type Row = readonly [login: string, sub: string, name: string, role: Person['role'], badge?: string];

// cspell:disable
const staff: Readonly<Record<string, readonly Row[]>> = {
  quanpay: [
    ['chen-jing', 'w-t4k9yd2hq7', '陈静', 'agent', '0417'],
    ['liu-wei', 'w-m8c3vr6xpa', '刘伟', 'agent', '0533'],
    ['zhao-min', 'w-j2f7qn5kze', '赵敏', 'supervisor', '0802'],
    ['sun-yi', 'w-b6h4xw9tdc', '孙怡', 'auditor'],
    ['he-lan', 'w-p3y8gk2nvf', '何岚', 'operator'],
    ['xu-bo', 'w-d9r5ta7mqj', '许博', 'privacy-officer'],
    ['lin-wei', 'w-t4c8xm2hzp', '林薇', 'privacy-officer'],
  ],
  tidepay: [
    ['grace-osei', 'w-x7n2kc4hwb', 'Grace Osei', 'agent', '0210'],
    ['tom-becker', 'w-f5q8ym3gtr', 'Tom Becker', 'agent', '0388'],
    ['ines-moreau', 'w-k4d6pz9vcn', 'Inès Moreau', 'supervisor', '0704'],
    ['paul-adeyemi', 'w-h8w3bt5xqk', 'Paul Adeyemi', 'auditor'],
    ['rosa-lind', 'w-c2m7jf4ydg', 'Rosa Lind', 'operator'],
    ['dana-cohen', 'w-q6v9nr2kpw', 'Dana Cohen', 'privacy-officer'],
    ['max-orlov', 'w-b8d3kf7wnj', 'Max Orlov', 'privacy-officer'],
  ],
  harbour: [
    ['amara-cole', 'w-y5g2hx8bmt', 'Amara Cole', 'agent', '0107'],
    ['ned-frost', 'w-n9k4cq7dfv', 'Ned Frost', 'agent', '0144'],
    ['ruth-hale', 'w-g3t6wp2rjx', 'Ruth Hale', 'supervisor', '0601'],
    ['idris-khan', 'w-v7b5md9qyh', 'Idris Khan', 'auditor'],
    ['maeve-doyle', 'w-r2x8kf6ncz', 'Maeve Doyle', 'operator'],
    ['owen-price', 'w-z4j7yt3gwp', 'Owen Price', 'privacy-officer'],
    ['ivy-marsh', 'w-m6q2vr9cxt', 'Ivy Marsh', 'privacy-officer'],
  ],
};

// cspell:enable
export const tenants: readonly string[] = Object.keys(staff);

export const people: readonly Person[] = Object.entries(staff).flatMap(([tenant, rows]) =>
  rows.map(([login, sub, name, role, badge]) => ({
    login,
    sub,
    name,
    role,
    tenant,
    ...(badge && { badge }),
    skills: role === 'agent' || role === 'supervisor' ? everySkill : [],
    acr: role === 'agent' ? assurance.ordinary : assurance.raised,
  })),
);

const platformOf = (tenant: string): Platform => ({
  tenant,
  client: `${tenant}-platform`,
  secret: `${tenant}-platform-secret`,
  signingClient: `${tenant}-platform-signing`,
});
export const platforms: readonly Platform[] = tenants.map(platformOf);

/** A platform that was created later has people and a client too, without anybody writing them down: what they are called says who they are. */
const tenant = '[a-z][a-z0-9-]{1,30}[a-z0-9]';
const role = 'agent|supervisor|auditor|operator|privacy-officer';
const laterLogin = new RegExp(`^(${tenant})/(${role})(?:/([1-9]))?$`);
const laterSub = new RegExp(`^w-(${tenant})-(${role})-([1-9])$`);
const laterClient = new RegExp(`^(${tenant})-platform(?:-signing)?$`);

const later = ([, tenant, role, number = '1']: readonly (string | undefined)[]): Person | undefined =>
  tenant === undefined || tenants.includes(tenant)
    ? undefined
    : {
        ...{ login: `${tenant}/${role}/${number}`, sub: `w-${tenant}-${role}-${number}`, name: `${role} ${number} (${tenant})`, tenant },
        role: role as Person['role'],
        ...(role === 'agent' || role === 'supervisor'
          ? { badge: `${role === 'agent' ? 1 : 8}00${number}`, skills: everySkill }
          : { skills: [] }),
        acr: role === 'agent' ? assurance.ordinary : assurance.raised,
      };

/** A login hint is a login (`chen-jing`), or a tenant and a role (`quanpay/agent`: the first such person; of a later platform also `lumen/agent/2`). */
export const personFor = (hint: string): Person | undefined =>
  people.find(({ login }) => login === hint) ??
  people.find(({ tenant, role }) => `${tenant}/${role}` === hint) ??
  later(laterLogin.exec(hint) ?? []);

export const personOf = (sub: string): Person | undefined => people.find((one) => one.sub === sub) ?? later(laterSub.exec(sub) ?? []);

/** The platform that this client is, however it proves itself. */
export const platformFor = (client: string): Platform | undefined => {
  const tenant = laterClient.exec(client)?.[1];
  return tenant === undefined ? undefined : platformOf(tenant);
};
