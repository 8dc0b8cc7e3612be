/** Native code for Linux on 64-bit x86: finding it, loading it. */
package dev.remap.core.natives;
