import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Configuration } from '@recourse/edge';
import { fileKms, postgresGovernor, type Governor, type Kms } from '@recourse/privacy';
import { kekFile, keyringUrl, restrictedKekFile } from '../governance.variables.js';

/** The one way to the keyring that changes keys. Made at its first use: whoever only describes the routes has no keyring. */
@Injectable()
export class KeyGovernor implements OnApplicationShutdown {
  private made: Governor | undefined;

  constructor(private readonly configuration: Configuration) {}

  get governor(): Governor {
    const restricted = this.configuration.of(restrictedKekFile);
    return (this.made ??= postgresGovernor({
      keyringUrl: this.configuration.of(keyringUrl),
      kms: fileKms(this.configuration.of(kekFile)),
      restricted: restricted === '' ? unset : fileKms(restricted),
    }));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.made?.close();
  }
}

const missing = async (): Promise<never> => {
  throw new Error(`${restrictedKekFile.name} is not set, so nothing can be restricted or released. Keys can be destroyed.`);
};
const unset: Kms = { current: missing, wrap: missing, unwrap: missing, rewrap: missing, close: () => undefined };
