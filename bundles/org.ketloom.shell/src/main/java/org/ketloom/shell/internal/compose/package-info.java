/** Blueprints and circuits: how they are chosen and changed by options, checked and shown. */
@org.jspecify.annotations.NullMarked
package org.ketloom.shell.internal.compose;
