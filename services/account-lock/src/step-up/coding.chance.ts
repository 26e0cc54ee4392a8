import { Injectable } from '@nestjs/common';
import { Secrets } from '@recourse/edge';
import { createHash, createHmac, randomInt, timingSafeEqual } from 'node:crypto';

/** One-time codes: drawn here, kept nowhere in clear, compared without telling by the time it takes how much was right. */
@Injectable()
export class Coding {
  private readonly key: Uint8Array;

  constructor(secrets: Secrets) {
    this.key = secrets.drawnFor('recourse/account-lock/one-time-codes/v1');
  }

  /** Six digits, each of the million equally likely. */
  draw(): string {
    return String(randomInt(1_000_000)).padStart(6, '0');
  }

  /** The keyed hash that stands in the record, bound to its step-up: the same digits twice leave no trace of it. */
  mac(stepUp: string, code: string): string {
    return createHmac('sha256', this.key).update(`${stepUp}\n${code}`).digest('base64url');
  }

  /** Of what is not there nothing is right; finding that out takes as long. */
  isRight(stepUp: string, code: string, mac = ''): boolean {
    const [typed, known] = [this.mac(stepUp, code), mac].map((one) => createHash('sha256').update(one).digest()) as [Buffer, Buffer];
    return timingSafeEqual(typed, known) && mac !== '';
  }
}
