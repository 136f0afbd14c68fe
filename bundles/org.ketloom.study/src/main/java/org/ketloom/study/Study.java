package org.ketloom.study;

/** What is studied; data only. {@link Studies#read} makes one from JSON. */
public sealed interface Study permits GridStudy, GradientVarianceStudy, ShotNoiseStudy {}
