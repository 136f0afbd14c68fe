/** Times of the engine on the reference circuits, beside a probe of the machine. */
package org.ketloom.itests.benchmarks;
