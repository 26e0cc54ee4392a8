export default async () => globalThis.__recourseStage?.stop();
