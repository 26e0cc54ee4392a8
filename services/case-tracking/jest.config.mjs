import preset from '../../jest.preset.mjs';

export default { ...preset, displayName: 'case-tracking' };
