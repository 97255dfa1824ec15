import { randomBytes } from 'node:crypto';

/** A name no other test uses: topics, schemas and tenants of one test never meet those of another. */
export const uniqueName = (prefix: string): string => `${prefix}-${randomBytes(5).toString('hex')}`;
