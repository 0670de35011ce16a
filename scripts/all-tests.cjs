// Mocha's settings for `npm run test:all`.
const { settingsFor } = require('./test-settings.cjs');

module.exports = settingsFor({ all: true });
