"""What people sent: lists, one submission, charts, exports; and the forms they fill."""
