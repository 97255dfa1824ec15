module.exports = require('../../jest.preset.cjs')('store');
