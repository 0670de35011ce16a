// Mocha's settings for `npm test`: those of the embedded stores, and all where CI is set.
const { settingsFor } = require('./test-settings.cjs');

module.exports = settingsFor({ all: !['', 'false', undefined].includes(process.env.CI) });
