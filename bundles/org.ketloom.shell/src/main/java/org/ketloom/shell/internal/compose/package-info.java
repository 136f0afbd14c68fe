/** Blueprints and circuits: how they are chosen and changed by options, checked and shown. */
package org.ketloom.shell.internal.compose;
