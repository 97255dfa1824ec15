import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which generations there are, and the one row that names the generation readers use. */
export class CreateOps1764000000000 implements MigrationInterface {
  readonly name = 'CreateOps1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE ops.generations (
        name text PRIMARY KEY CHECK (name ~ '^gen_[1-9][0-9]{0,8}$'),
        log_id uuid NOT NULL,
        fold_version integer NOT NULL,
        state text NOT NULL CHECK (state IN ('FOLLOWED', 'DROPPED')),
        created_at timestamptz(3) NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE ops.pointer (
        singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
        generation text NOT NULL REFERENCES ops.generations (name)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE ops.pointer');
    await runner.query('DROP TABLE ops.generations');
  }
}
