import { imageSize } from 'image-size';

/** As many as the largest telephone cameras make, and no side longer than formats for the screen have. */
export const imageLimits = { pixels: 210_000_000, side: 65_535 };

export type Measured = { readonly width: number; readonly height: number };

/** The size of a picture by its header: nothing is unpacked. Undefined: its header does not stand within these bytes. */
export const measure = (head: Uint8Array): Measured | undefined => {
  try {
    const { width, height, images } = imageSize(head);
    // A file may hold several pictures; the largest counts.
    const all = [{ width, height }, ...(images ?? [])];
    return all.reduce((largest, one) => (one.width * one.height > largest.width * largest.height ? one : largest));
  } catch {
    return undefined;
  }
};

export const isTooLarge = ({ width, height }: Measured): boolean =>
  width * height > imageLimits.pixels || Math.max(width, height) > imageLimits.side || Math.min(width, height) < 1;
