package org.ketloom.runtime.run;

import java.time.Duration;
import java.time.Instant;

/**
 * When a run was trained.
 *
 * @param began when it was started
 * @param changed when its last checkpoint was written
 * @param trained how long it has been trained until then, in all sessions together, with the
 *     evaluations and pictures in between; what a killed process did after its last checkpoint
 *     isn't counted
 */
public record RunTimes(Instant began, Instant changed, Duration trained) {}
