/**
 * The training loop, and the service that starts, resumes and opens runs. Of the rooms it uses
 * {@code swap}, {@code folder}, {@code blueprint} and {@code parts}.
 */
@org.jspecify.annotations.NullMarked
package org.ketloom.runtime.internal.run;
