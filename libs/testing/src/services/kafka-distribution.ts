import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cachedFolder } from './cache-directory.js';
import { runProgram } from './run-program.js';

export const KAFKA_VERSION = '4.3.1';
const JAVA_MAJOR_MIN = 17;
const DOWNLOAD_TIMEOUT_MS = 10 * 60_000;

const MISSING_JAVA = `Kafka needs Java ${JAVA_MAJOR_MIN} or newer: install a JRE so that \`java\` is on the PATH (Debian: apt-get install openjdk-17-jre-headless)`;
const MISSING_MAVEN =
  'Kafka is downloaded by Maven: install it so that `mvn` is on the PATH (Debian: apt-get install maven)';

const DEPENDENCIES = [
  { group: 'org.apache.kafka', artifact: 'kafka_2.13', version: KAFKA_VERSION },
  { group: 'org.apache.kafka', artifact: 'kafka-tools', version: KAFKA_VERSION },
  { group: 'org.slf4j', artifact: 'slf4j-simple', version: '1.7.36' },
];

/** Rejects, naming what to install, unless `java` can run Kafka. */
export async function checkJava(): Promise<void> {
  const printed = await runProgram('java', ['-version'], { timeoutMs: 30_000, missing: MISSING_JAVA });
  const major = Number(/version "(\d+)/.exec(printed)?.[1]);
  if (!(major >= JAVA_MAJOR_MIN)) throw new Error(`${MISSING_JAVA}; found: ${printed.split('\n')[0]}`);
}

/** The class path of the broker and its tools, downloaded once. */
export async function kafkaClassPath(onProgress: (sentence: string) => void): Promise<string> {
  const folder = await cachedFolder(`kafka-${KAFKA_VERSION}`, async (unfinished) => {
    onProgress(`downloading Apache Kafka ${KAFKA_VERSION} (about 55 MB, once)`);
    await writeFile(join(unfinished, 'pom.xml'), pom());
    await runProgram('mvn', ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=libs'], {
      directory: unfinished,
      timeoutMs: DOWNLOAD_TIMEOUT_MS,
      missing: MISSING_MAVEN,
    });
  });
  return join(folder, 'libs', '*');
}

function pom(): string {
  const dependencies = DEPENDENCIES.map(
    ({ group, artifact, version }) =>
      `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`,
  );
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion>
<groupId>logbook</groupId><artifactId>kafka</artifactId><version>1</version>
<dependencies>${dependencies.join('')}</dependencies>
</project>
`;
}
