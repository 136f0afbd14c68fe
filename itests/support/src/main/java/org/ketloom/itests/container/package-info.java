/** Sets test containers up, from outside. */
package org.ketloom.itests.container;
