/**
 * The settings of a deployment, as given on the command line (`-c name=value`), checked. A setting that cannot work is
 * reported here, in a sentence, and not by AWS after ten minutes.
 */
export interface Settings {
  size: Size;
  /** Where guests reach the server, such as party.example.org. */
  domain: string;
  account: string;
  region: string;
  /** The hosted zone of the domain, in which its address and its certificate are entered; or the certificate alone. */
  zone: { name: string; id: string } | undefined;
  certificate: string | undefined;
  /** An image that is in a registry already; otherwise this repository's Dockerfile is built. */
  image: string | undefined;
  /** Who gets the alarms. */
  email: string | undefined;
}

/** The properties of a size. */
export interface Size {
  name: 'small' | 'big';
  zones: number;
  /** Tasks in subnets without public addresses, which reach the internet through NAT gateways. */
  isPrivate: boolean;
  natGateways: number;
  cpu: number;
  memoryMiB: number;
  tasks: { least: number; most: number };
  database: { type: string; multiAz: boolean; backupDays: number };
  /** NATS, so that servers see each other's changes at once; without it, within five seconds. */
  nats: boolean;
}

const sizes: Record<Size['name'], Size> = {
  small: {
    name: 'small', zones: 2, isPrivate: false, natGateways: 0, cpu: 256, memoryMiB: 512, tasks: { least: 2, most: 2 },
    database: { type: 't4g.micro', multiAz: false, backupDays: 7 }, nats: false,
  },
  big: {
    name: 'big', zones: 3, isPrivate: true, natGateways: 2, cpu: 1024, memoryMiB: 2048, tasks: { least: 3, most: 12 },
    database: { type: 't4g.medium', multiAz: true, backupDays: 21 }, nats: true,
  },
};

/** The times in which a task stops. The balancer notices within the delay, and the task is killed only after its timeout. */
export const stopping = { delaySeconds: 15, drainSeconds: 10, timeoutSeconds: 45, killedAfterSeconds: 60 };

export function readSettings(context: (name: string) => unknown, env: NodeJS.ProcessEnv): Settings {
  const faults: string[] = [];
  const read = (name: string): string | undefined => {
    const value = context(name);
    return value === undefined || value === '' ? undefined : String(value).trim();
  };
  const need = (name: string, ok: RegExp, fault: string): string => {
    const value = read(name) ?? '';
    if (!ok.test(value)) faults.push(`-c ${name}=${value}: ${fault}`);
    return value;
  };

  const size = read('size') ?? 'small';
  if (!Object.hasOwn(sizes, size)) faults.push(`-c size=${size}: want small or big`);
  const domain = need('domain', /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
    'want the name under which guests reach the server, such as party.example.org, in lower case and without https://');
  const region = read('region') ?? env.CDK_DEFAULT_REGION ?? '';
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) {
    faults.push(`-c region=${region}: want a region such as eu-west-1, here or in AWS_REGION`);
  }
  const account = read('account') ?? env.CDK_DEFAULT_ACCOUNT ?? '';
  if (!/^\d{12}$/.test(account)) {
    faults.push(`-c account=${account}: want the account's twelve digits, here or by credentials that AWS's tools find`);
  }

  const zoneName = read('zone'), zoneId = read('zoneId'), certificate = read('certificate');
  if ((zoneName === undefined) !== (zoneId === undefined)) {
    faults.push('-c zone and -c zoneId belong together: the name and the id of a hosted zone of Route 53');
  }
  if (zoneName !== undefined && domain !== zoneName && !domain.endsWith(`.${zoneName}`)) {
    faults.push(`-c zone=${zoneName}: ${domain} is not in this zone`);
  }
  if (zoneName === undefined && certificate === undefined) {
    faults.push('-c zone and -c zoneId, or -c certificate: one is needed, because guests come by https');
  }
  if (certificate !== undefined) {
    const found = /^arn:aws[a-z-]*:acm:([a-z0-9-]+):\d{12}:certificate\/[0-9a-f-]{36}$/.exec(certificate);
    if (!found) faults.push(`-c certificate=${certificate}: want the ARN of a certificate of ACM`);
    else if (found[1] !== region) {
      faults.push(`-c certificate: is in ${found[1]}, but a load balancer in ${region} needs one of ${region}`);
    }
  }
  const email = read('email');
  if (email !== undefined && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email)) {
    faults.push(`-c email=${email}: want the address that gets the alarms`);
  }
  if (faults.length > 0) throw new SettingsError(faults);
  return {
    size: sizes[size as Size['name']], domain, account, region, certificate, image: read('image'), email,
    zone: zoneName !== undefined && zoneId !== undefined ? { name: zoneName, id: zoneId } : undefined,
  };
}

export class SettingsError extends Error {
  constructor(readonly faults: string[]) {
    super(`this deployment cannot work:\n  - ${faults.join('\n  - ')}`);
  }
}
