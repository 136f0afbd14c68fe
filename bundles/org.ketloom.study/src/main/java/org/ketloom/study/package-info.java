/**
 * Studies: experiments that data describes. The service {@link org.ketloom.study.Studies} reads a
 * study, runs it into a folder, where an interrupted one continues, and gives a table.
 *
 * <pre>{@code
 * Study study = studies.read(Path.of("ablation.json"));
 * try (StudyRun run = studies.open(study, Path.of("studies", "ablation"), StudyListener.NONE)) {
 *   run.run(false).table().forEach(System.out::println);
 * }
 * }</pre>
 *
 * It also evaluates trained models on the data of a Blueprint, once or while a run continues.
 */
@org.jspecify.annotations.NullMarked
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.1.0")
package org.ketloom.study;
