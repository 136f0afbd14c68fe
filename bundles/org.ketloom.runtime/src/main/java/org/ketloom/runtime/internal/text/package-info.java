/**
 * What messages are made of: the word that was probably meant. Uses no other room, and every other
 * room may use it.
 */
@org.jspecify.annotations.NullMarked
package org.ketloom.runtime.internal.text;
