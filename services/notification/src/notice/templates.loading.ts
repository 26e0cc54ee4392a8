import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contractsFolder, type Frame, type Guidance, type Piece, type Template } from '@recourse/contracts';

/** Every version of every message template, guidance item and frame: old ones stay readable for ever. */
export class Templates {
  constructor(
    readonly messages: readonly Template[],
    readonly guidance: readonly Guidance[],
    private readonly frames: readonly Frame[],
  ) {}

  newest(id: string): Template {
    return newestOf(this.messages, id);
  }

  of({ id, version }: Piece): Template {
    return exactly(this.messages, { id, version });
  }

  guidanceOf(pieces: readonly Piece[]): readonly Guidance[] {
    return pieces.map((piece) => exactly(this.guidance, piece));
  }

  frame(): Frame {
    return newestOf(this.frames, 'frame');
  }
}

const newestOf = <P extends Piece>(pieces: readonly P[], id: string): P => {
  const [newest] = pieces.filter((piece) => piece.id === id).sort((one, other) => other.version - one.version);
  if (!newest) throw new Error(`contracts/templates has no ${id}`);
  return newest;
};

const exactly = <P extends Piece>(pieces: readonly P[], { id, version }: Piece): P => {
  const found = pieces.find((piece) => piece.id === id && piece.version === version);
  if (!found) throw new Error(`contracts/templates has no ${id} version ${version}`);
  return found;
};

const read = <P extends Piece>(folder: string): readonly P[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => {
      const piece = JSON.parse(readFileSync(join(folder, name), 'utf8')) as P;
      if (name !== `${piece.id}.v${piece.version}.json`) throw new Error(`${name} holds ${piece.id} version ${piece.version}`);
      return piece;
    });

let loaded: Templates | undefined;

/** Read once when the process starts. */
export const templates = (folder = contractsFolder('templates')): Templates => {
  if (loaded) return loaded;
  const pieces = read<Piece>(folder);
  const isFrame = ({ id }: Piece) => id === 'frame';
  loaded = new Templates(
    pieces.filter((piece) => !isFrame(piece)) as Template[],
    read<Guidance>(join(folder, 'guidance')),
    pieces.filter(isFrame) as Frame[],
  );
  return loaded;
};
