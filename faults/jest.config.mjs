import preset from '../jest.preset.mjs';

export default { ...preset, displayName: 'faults', testTimeout: 180_000 };
