/**
 * Runs in the background: a pool of threads, jobs that wait for their parts, and job definitions
 * that come from files and configurations. It trains through the service {@link
 * org.ketloom.runtime.run.Runs}; of the rooms it uses {@code folder}, {@code blueprint}, {@code
 * parts} and {@code text}.
 */
@org.jspecify.annotations.NullMarked
package org.ketloom.runtime.internal.job;
