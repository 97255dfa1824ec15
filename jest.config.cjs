module.exports = { projects: ['<rootDir>/libs/*', '<rootDir>/apps/*'], testTimeout: 30_000 };
