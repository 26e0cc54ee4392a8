// Wraps the keyring anew in small portions and says how far it is, until it is killed.
import { fileKms, rotate } from '../dist/index.js';

const [keyringUrl, kekFile, restrictedKekFile] = process.argv.slice(2);
const told = (done) => process.stdout.write(`${done}\n`);
const { left } = await rotate({ keyringUrl, kms: fileKms(kekFile), restricted: fileKms(restrictedKekFile), portion: 5, told });
process.stdout.write(`left ${left}\n`);
