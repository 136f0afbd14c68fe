/** What tests use inside their container. */
package org.ketloom.itests.support;
