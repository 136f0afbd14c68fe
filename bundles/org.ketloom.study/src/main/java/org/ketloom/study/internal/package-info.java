/** How studies are read and run. */
package org.ketloom.study.internal;
