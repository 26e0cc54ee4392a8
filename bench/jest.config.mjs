import preset from '../jest.preset.mjs';

export default { ...preset, displayName: 'bench', testTimeout: 180_000 };
