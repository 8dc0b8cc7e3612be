/** The JNI boundary: natives and the owning handles around them. */
package dev.remap.index.jfaiss;
