/** placeholder */
package dev.remap.core;
