export class EventIntake {
}
export class Fingerprints {
}
export class Agents {
}
export class AgentVersions {
}
export class People {
}
export class Health {
}
export class Metrics {
}
