/** placeholder */
package dev.remap.index;
